"""One file per report: filters in, Table out; how a Table looks is the command line's business."""
