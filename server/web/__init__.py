"""The consoles' doors: pages, feed, commands, health. Parses, calls a service, shapes."""
