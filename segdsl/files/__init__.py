"""Reading `segdsl.yaml`, catalog and segment files into records whose every value knows its place."""
