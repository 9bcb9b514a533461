"""What the loopback servers have in common, whatever they speak."""
