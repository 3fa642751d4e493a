"""The sign-in pages: plain HTML, and who a browser is."""
