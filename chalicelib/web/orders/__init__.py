"""What the order pages of every selling module share: links, words, paying."""
