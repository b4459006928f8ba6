"""The publisher's side of updates: keys, versions, and the signed repository that central or a stick carries."""
