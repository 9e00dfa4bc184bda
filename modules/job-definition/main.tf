locals {
  # Always five, because provider 5.x replaces a definition whose number of rules changes, and replacing deregisters
  # every revision of its name. What is filled in ends a job that no rule before ended: nothing, after an EXIT on *.
  # Actions are in lower case below, because the provider otherwise finds its own spelling of them a change, and then
  # overlooks that an edit of parameters, timeout or priority makes a new revision.
  _retry_rules = concat(var.retry_strategy.evaluateOnExit, [
    for number in range(5 - length(var.retry_strategy.evaluateOnExit)) :
    { action = "EXIT", onExitCode = null, onReason = "*", onStatusReason = null }
  ])
}

resource "aws_batch_job_definition" "this" {
  name                  = var.name
  type                  = var.type
  platform_capabilities = length(var.platform_capabilities) > 0 ? var.platform_capabilities : null
  container_properties  = var.container_properties
  ecs_properties        = var.ecs_properties
  node_properties       = var.node_properties
  parameters            = var.parameters
  propagate_tags        = var.propagate_tags && var.eks_properties == null # pods take none
  scheduling_priority   = var.scheduling_priority

  # An execution that started with the revision before must still be able to submit, retry and be redriven.
  deregister_on_new_revision = false

  dynamic "eks_properties" {
    for_each = local._pod[*]
    content {
      pod_properties {
        service_account_name    = eks_properties.value.serviceAccountName
        host_network            = eks_properties.value.hostNetwork
        dns_policy              = eks_properties.value.dnsPolicy
        share_process_namespace = eks_properties.value.shareProcessNamespace

        dynamic "metadata" {
          for_each = length(eks_properties.value.metadata.labels) > 0 ? [eks_properties.value.metadata.labels] : []
          content {
            labels = metadata.value
          }
        }

        dynamic "image_pull_secret" {
          for_each = eks_properties.value.imagePullSecrets
          content {
            name = image_pull_secret.value.name
          }
        }

        dynamic "containers" {
          for_each = eks_properties.value.containers
          content {
            name              = containers.value.name
            image             = containers.value.image
            image_pull_policy = containers.value.imagePullPolicy
            command           = containers.value.command
            args              = containers.value.args

            dynamic "env" {
              for_each = containers.value.env
              content {
                name  = env.value.name
                value = env.value.value
              }
            }

            dynamic "resources" {
              for_each = containers.value.resources[*]
              content {
                limits   = resources.value.limits
                requests = resources.value.requests
              }
            }

            dynamic "security_context" {
              for_each = containers.value.securityContext[*]
              content {
                privileged                 = security_context.value.privileged
                read_only_root_file_system = security_context.value.readOnlyRootFilesystem
                run_as_group               = security_context.value.runAsGroup
                run_as_non_root            = security_context.value.runAsNonRoot
                run_as_user                = security_context.value.runAsUser
              }
            }

            dynamic "volume_mounts" {
              for_each = containers.value.volumeMounts
              content {
                name       = volume_mounts.value.name
                mount_path = volume_mounts.value.mountPath
                read_only  = volume_mounts.value.readOnly
              }
            }
          }
        }

        dynamic "init_containers" {
          for_each = eks_properties.value.initContainers
          content {
            name              = init_containers.value.name
            image             = init_containers.value.image
            image_pull_policy = init_containers.value.imagePullPolicy
            command           = init_containers.value.command
            args              = init_containers.value.args

            dynamic "env" {
              for_each = init_containers.value.env
              content {
                name  = env.value.name
                value = env.value.value
              }
            }

            dynamic "resources" {
              for_each = init_containers.value.resources[*]
              content {
                limits   = resources.value.limits
                requests = resources.value.requests
              }
            }

            dynamic "security_context" {
              for_each = init_containers.value.securityContext[*]
              content {
                privileged                 = security_context.value.privileged
                read_only_root_file_system = security_context.value.readOnlyRootFilesystem
                run_as_group               = security_context.value.runAsGroup
                run_as_non_root            = security_context.value.runAsNonRoot
                run_as_user                = security_context.value.runAsUser
              }
            }

            dynamic "volume_mounts" {
              for_each = init_containers.value.volumeMounts
              content {
                name       = volume_mounts.value.name
                mount_path = volume_mounts.value.mountPath
                read_only  = volume_mounts.value.readOnly
              }
            }
          }
        }

        dynamic "volumes" {
          for_each = eks_properties.value.volumes
          content {
            name = volumes.value.name

            dynamic "host_path" {
              for_each = volumes.value.hostPath[*]
              content {
                path = host_path.value.path
              }
            }

            dynamic "empty_dir" {
              for_each = volumes.value.emptyDir[*]
              content {
                medium     = empty_dir.value.medium
                size_limit = empty_dir.value.sizeLimit
              }
            }

            dynamic "secret" {
              for_each = volumes.value.secret[*]
              content {
                secret_name = secret.value.secretName
                optional    = secret.value.optional
              }
            }
          }
        }
      }
    }
  }

  retry_strategy {
    attempts = var.retry_strategy.attempts

    dynamic "evaluate_on_exit" {
      for_each = local._retry_rules
      content {
        action           = lower(evaluate_on_exit.value.action)
        on_exit_code     = evaluate_on_exit.value.onExitCode
        on_reason        = evaluate_on_exit.value.onReason
        on_status_reason = evaluate_on_exit.value.onStatusReason
      }
    }
  }

  timeout {
    attempt_duration_seconds = var.timeout_seconds
  }

  tags = var.tags

  # Batch checks that it may pass the roles when a definition is registered.
  depends_on = [aws_iam_role.job, aws_iam_role_policy.job, aws_iam_role.execution, aws_iam_role_policy.execution]
}
