"""What the product does, one module for each process. No request, no response, no template."""
