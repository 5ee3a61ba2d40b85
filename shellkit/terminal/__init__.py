"""What people see. Nothing outside this package opens a terminal."""
