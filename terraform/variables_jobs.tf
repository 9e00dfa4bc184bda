variable "privileged_jobs" {
  description = "Jobs, as workflow/job, whose containers may be privileged: such a job has its instance, and all other jobs on it."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.privileged_jobs, keys(local.job_definitions))) == 0
    error_message = "privileged_jobs names jobs of the environment's workflows, because a name that is gone would allow the next job of that name: set names such as exome/align, or remove it."
  }
}
