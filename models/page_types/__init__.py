"""Page stream segmentation: what each page of a book is for, where its stories begin and end."""
