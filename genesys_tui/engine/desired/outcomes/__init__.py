"""What people want as a whole: an outcome stands for several resources of registered kinds."""
