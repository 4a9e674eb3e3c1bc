"""The write side: containers to pages to panels to text to vectors to the store."""
