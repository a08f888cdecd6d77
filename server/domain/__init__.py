"""What a call, a danger and a prompt are: values and pure rules, no input or output."""
