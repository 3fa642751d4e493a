"""What the people of a district hold: roles granted, who supervises, who shares, and what one keeps to oneself."""
