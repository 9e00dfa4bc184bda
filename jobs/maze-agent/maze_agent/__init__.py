"""An agent that finds its way through a maze which it can only ask about, step by step."""
