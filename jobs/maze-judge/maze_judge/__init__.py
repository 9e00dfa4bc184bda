"""A judge who believes neither the server nor the agent: it walks the path again on the published maze."""
