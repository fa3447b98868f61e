"""What the page "Clips" shows and asks: the clip as the player reads it, the choices around it, what leaves the page."""
