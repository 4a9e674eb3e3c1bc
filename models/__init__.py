"""Arrays in, arrays out: detectors, readers, encoders, drawing; no database."""
