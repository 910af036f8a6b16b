"""CRMs: one file for each, which says who a client is and takes down what was talked about."""
