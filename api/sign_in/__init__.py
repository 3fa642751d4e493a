"""The sign-in: pages for people, and who is signed in with a browser."""
