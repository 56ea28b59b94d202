"""What a data set keeps of its files, so that it can grow and be made again without them."""
