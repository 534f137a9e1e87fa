"""irekae (入替え): swap a production server with its standby, and prove that it worked."""
