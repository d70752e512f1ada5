"""What a plan needs and risks: permissions, cost, time, findings. Pure."""
