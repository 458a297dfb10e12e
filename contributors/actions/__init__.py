"""Every way the network and its hires change."""
