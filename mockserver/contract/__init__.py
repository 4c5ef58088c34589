"""What the OpenAPI document says: load, compile, check. The only importer of spec libraries on the way of a request."""
