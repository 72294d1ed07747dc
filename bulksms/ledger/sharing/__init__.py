"""What workers on several machines share: who is alive, who posts what, common limits."""
