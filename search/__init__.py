"""The read side: query to legs to candidates to fused ranking to hits."""
