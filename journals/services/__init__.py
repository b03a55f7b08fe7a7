"""What the pages show, one module for each capability. Reads only; moves are made by `journals.workflow`."""
