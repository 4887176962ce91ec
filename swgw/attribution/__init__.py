"""What a trained network attends to and needs, beside null models and the truth."""
