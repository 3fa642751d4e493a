"""What people do to sign in, and what admins do for them."""
