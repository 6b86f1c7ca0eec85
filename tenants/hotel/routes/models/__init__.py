"""What goes over the wire, and pages of the desk share."""
