variable "user_data_parts" {
  description = "Shell scripts that each instance runs before it takes jobs, in order, for EC2, SPOT and EKS; one of them mounts scratch."
  type = list(object({
    name    = string
    content = string
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for part in var.user_data_parts : startswith(part.content, "#!")])
    error_message = "every part of user_data_parts starts with #!, because cloud-init runs nothing else as a script: add an interpreter line."
  }

  # A part that says more than ASCII reaches bash as other bytes: cloud-init decodes what it was not told to.
  validation {
    condition     = alltrue([for part in var.user_data_parts : can(regex("^[\\t\\n -~]*$", part.content))])
    error_message = "parts of user_data_parts hold ASCII and line feeds only, because cloud-init mangles other characters and bash takes a carriage return for part of the command: remove them, comments included."
  }

  validation {
    condition     = alltrue([for part in var.user_data_parts : !strcontains(part.content, "==BATCHYARD==")])
    error_message = "parts of user_data_parts do not hold ==BATCHYARD==, because it parts the MIME text and cloud-init would drop the rest of the script: reword it."
  }

  validation {
    condition     = alltrue([for part in var.user_data_parts : can(regex("^[A-Za-z0-9][A-Za-z0-9._-]*$", part.name))])
    error_message = "names in user_data_parts are letters, digits, ., - and _, because cloud-init writes each part to a file of its name: rename it, such as scratch.sh."
  }

  validation {
    condition     = length(distinct(var.user_data_parts[*].name)) == length(var.user_data_parts)
    error_message = "names in user_data_parts are distinct, because cloud-init writes each part to a file of its name: rename one."
  }

  validation {
    condition     = length(var.user_data_parts) > 0 || var.scratch.kind == "none" || !contains(["EC2", "SPOT", "EKS"], var.type)
    error_message = "user_data_parts is not empty with scratch, because without a script the scratch volume is never mounted and jobs fill the root volume: pass templates/user-data/scratch.sh.tftpl, rendered, or set scratch.kind = \"none\"."
  }

  validation {
    condition     = length(var.user_data_parts) == 0 || contains(["EC2", "SPOT", "EKS"], var.type)
    error_message = "user_data_parts is for EC2, SPOT and EKS, because nothing else has instances that run scripts: remove it."
  }

  validation {
    condition     = sum(concat([0], [for part in var.user_data_parts : length(part.content) + length(part.name) + 160])) <= 15360
    error_message = "user_data_parts hold at most 15 KiB together, because EC2 takes 16 KiB of user data and Batch adds its own part: shorten the scripts, or let one fetch the rest from S3."
  }
}

variable "registry" {
  description = "Secret with the logins of private registries, read by instances with their role, for EC2 and SPOT: its ARN, and that of its KMS key unless AWS's own encrypts it. A script of user_data_parts reads it."
  type = object({
    secret_arn  = string
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.registry == null ? true : can(regex("^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$", var.registry.secret_arn))
    error_message = "registry.secret_arn is the whole ARN of a Secrets Manager secret, with the six characters at its end, because the role may read exactly this one: set such as arn:aws:secretsmanager:eu-west-1:111122223333:secret:registry-AbCdEf."
  }

  validation {
    condition     = try(var.registry.kms_key_arn, null) == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.registry.kms_key_arn))
    error_message = "registry.kms_key_arn is the ARN of a key and not of an alias, because IAM decides by keys: set such as arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab."
  }

  validation {
    condition     = var.registry == null || contains(["EC2", "SPOT"], var.type)
    error_message = "registry is for EC2 and SPOT, because elsewhere no instance of ours pulls images: name the secret in the job definition (repository_credentials on Fargate, image_pull_secrets on EKS)."
  }
}
