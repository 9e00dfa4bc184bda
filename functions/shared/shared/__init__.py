"""What all functions share: clients, logging and errors."""
