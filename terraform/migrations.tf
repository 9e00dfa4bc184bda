# Job definitions and their roles were part of a workflow's module: what is deployed moves with them, because a definition
# that is made anew would first be deregistered with all its revisions.

moved {
  from = module.workflow["exome"].aws_batch_job_definition.this["align"]
  to   = module.job_definition["exome/align"].aws_batch_job_definition.this
}

moved {
  from = module.workflow["exome"].aws_iam_role.job["align"]
  to   = module.job_definition["exome/align"].aws_iam_role.job[0]
}

moved {
  from = module.workflow["exome"].aws_iam_role_policy.job["align"]
  to   = module.job_definition["exome/align"].aws_iam_role_policy.job[0]
}

moved {
  from = module.workflow["exome"].aws_batch_job_definition.this["annotate"]
  to   = module.job_definition["exome/annotate"].aws_batch_job_definition.this
}

moved {
  from = module.workflow["exome"].aws_iam_role.job["annotate"]
  to   = module.job_definition["exome/annotate"].aws_iam_role.job[0]
}

moved {
  from = module.workflow["exome"].aws_iam_role_policy.job["annotate"]
  to   = module.job_definition["exome/annotate"].aws_iam_role_policy.job[0]
}

moved {
  from = module.workflow["exome"].aws_batch_job_definition.this["call"]
  to   = module.job_definition["exome/call"].aws_batch_job_definition.this
}

moved {
  from = module.workflow["exome"].aws_iam_role.job["call"]
  to   = module.job_definition["exome/call"].aws_iam_role.job[0]
}

moved {
  from = module.workflow["exome"].aws_iam_role_policy.job["call"]
  to   = module.job_definition["exome/call"].aws_iam_role_policy.job[0]
}

moved {
  from = module.workflow["exome"].aws_batch_job_definition.this["stats"]
  to   = module.job_definition["exome/stats"].aws_batch_job_definition.this
}

moved {
  from = module.workflow["exome"].aws_iam_role.job["stats"]
  to   = module.job_definition["exome/stats"].aws_iam_role.job[0]
}

moved {
  from = module.workflow["exome"].aws_iam_role_policy.job["stats"]
  to   = module.job_definition["exome/stats"].aws_iam_role_policy.job[0]
}

moved {
  from = module.workflow["exome-poll"].aws_batch_job_definition.this["align"]
  to   = module.job_definition["exome-poll/align"].aws_batch_job_definition.this
}

moved {
  from = module.workflow["exome-poll"].aws_iam_role.job["align"]
  to   = module.job_definition["exome-poll/align"].aws_iam_role.job[0]
}

moved {
  from = module.workflow["exome-poll"].aws_iam_role_policy.job["align"]
  to   = module.job_definition["exome-poll/align"].aws_iam_role_policy.job[0]
}

moved {
  from = module.workflow["exome-poll"].aws_batch_job_definition.this["annotate"]
  to   = module.job_definition["exome-poll/annotate"].aws_batch_job_definition.this
}

moved {
  from = module.workflow["exome-poll"].aws_iam_role.job["annotate"]
  to   = module.job_definition["exome-poll/annotate"].aws_iam_role.job[0]
}

moved {
  from = module.workflow["exome-poll"].aws_iam_role_policy.job["annotate"]
  to   = module.job_definition["exome-poll/annotate"].aws_iam_role_policy.job[0]
}

moved {
  from = module.workflow["exome-poll"].aws_batch_job_definition.this["call"]
  to   = module.job_definition["exome-poll/call"].aws_batch_job_definition.this
}

moved {
  from = module.workflow["exome-poll"].aws_iam_role.job["call"]
  to   = module.job_definition["exome-poll/call"].aws_iam_role.job[0]
}

moved {
  from = module.workflow["exome-poll"].aws_iam_role_policy.job["call"]
  to   = module.job_definition["exome-poll/call"].aws_iam_role_policy.job[0]
}

moved {
  from = module.workflow["exome-poll"].aws_batch_job_definition.this["stats"]
  to   = module.job_definition["exome-poll/stats"].aws_batch_job_definition.this
}

moved {
  from = module.workflow["exome-poll"].aws_iam_role.job["stats"]
  to   = module.job_definition["exome-poll/stats"].aws_iam_role.job[0]
}

moved {
  from = module.workflow["exome-poll"].aws_iam_role_policy.job["stats"]
  to   = module.job_definition["exome-poll/stats"].aws_iam_role_policy.job[0]
}
