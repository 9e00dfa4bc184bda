"""What every job of the kit shares: arguments, transfer, scratch, tools, publication and exit codes."""
