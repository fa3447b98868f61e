"""Parts of the page "Paper": the method drawn, the claims with our findings, and a live view of each table."""
