variable "eks_properties" {
  description = "eksProperties of the Batch API as an object in the API's spelling, for a pod; what the provider can not pass on is refused."
  type = object({
    podProperties = object({
      serviceAccountName    = optional(string)
      hostNetwork           = optional(bool)
      dnsPolicy             = optional(string)
      shareProcessNamespace = optional(bool)
      imagePullSecrets      = optional(list(object({ name = string })), [])
      metadata = optional(object({
        labels      = optional(map(string), {})
        annotations = optional(map(string), {})
        namespace   = optional(string)
      }), {})
      containers = list(object({
        name            = optional(string)
        image           = string
        imagePullPolicy = optional(string)
        command         = optional(list(string))
        args            = optional(list(string))
        env             = optional(list(object({ name = string, value = string })), [])
        resources = optional(object({
          limits   = optional(map(string))
          requests = optional(map(string))
        }))
        securityContext = optional(object({
          runAsUser                = optional(number)
          runAsGroup               = optional(number)
          runAsNonRoot             = optional(bool)
          privileged               = optional(bool)
          allowPrivilegeEscalation = optional(bool)
          readOnlyRootFilesystem   = optional(bool)
        }))
        volumeMounts = optional(list(object({
          name      = string
          mountPath = string
          subPath   = optional(string)
          readOnly  = optional(bool)
        })), [])
      }))
      initContainers = optional(list(object({
        name            = optional(string)
        image           = string
        imagePullPolicy = optional(string)
        command         = optional(list(string))
        args            = optional(list(string))
        env             = optional(list(object({ name = string, value = string })), [])
        resources = optional(object({
          limits   = optional(map(string))
          requests = optional(map(string))
        }))
        securityContext = optional(object({
          runAsUser                = optional(number)
          runAsGroup               = optional(number)
          runAsNonRoot             = optional(bool)
          privileged               = optional(bool)
          allowPrivilegeEscalation = optional(bool)
          readOnlyRootFilesystem   = optional(bool)
        }))
        volumeMounts = optional(list(object({
          name      = string
          mountPath = string
          subPath   = optional(string)
          readOnly  = optional(bool)
        })), [])
      })), [])
      volumes = optional(list(object({
        name                  = string
        hostPath              = optional(object({ path = string }))
        emptyDir              = optional(object({ medium = optional(string, ""), sizeLimit = string }))
        secret                = optional(object({ secretName = string, optional = optional(bool) }))
        persistentVolumeClaim = optional(object({ claimName = string, readOnly = optional(bool) }))
      })), [])
    })
  })
  default = null

  validation {
    condition = alltrue([
      for container in try(concat(var.eks_properties.podProperties.containers, var.eks_properties.podProperties.initContainers), []) :
      can(regex("(:[0-9A-Za-z_][0-9A-Za-z_.-]*|@sha256:[0-9a-f]{64})$", container.image)) && !endswith(container.image, ":latest")
    ])
    error_message = "every image in eks_properties ends with a tag other than latest or with a digest, because a run could otherwise not be repeated: set a tag that never moves."
  }

  # Each of the following would be left out of the request without a word (schema of provider 5.100.0).
  validation {
    condition     = try(var.eks_properties.podProperties.metadata.namespace, null) == null && length(try(var.eks_properties.podProperties.metadata.annotations, {})) == 0
    error_message = "eks_properties.podProperties.metadata has labels only, because provider 5.x does not pass namespace and annotations on: set the namespace in the compute environment, and annotations in the cluster."
  }

  validation {
    condition     = alltrue([for volume in try(var.eks_properties.podProperties.volumes, []) : volume.persistentVolumeClaim == null])
    error_message = "eks_properties.podProperties.volumes has no persistentVolumeClaim, because provider 5.x does not pass it on: use hostPath, emptyDir or secret."
  }

  validation {
    condition = alltrue([
      for container in try(concat(var.eks_properties.podProperties.containers, var.eks_properties.podProperties.initContainers), []) :
      alltrue([for mount in container.volumeMounts : mount.subPath == null]) && try(container.securityContext.allowPrivilegeEscalation, null) == null
    ])
    error_message = "containers in eks_properties have neither volumeMounts.subPath nor securityContext.allowPrivilegeEscalation, because provider 5.x does not pass them on: mount the whole volume, and set runAsNonRoot."
  }

  # The provider sends 0 for a number that is missing, and 0 is root.
  validation {
    condition = alltrue([
      for container in try(concat(var.eks_properties.podProperties.containers, var.eks_properties.podProperties.initContainers), []) :
      container.securityContext == null ? true : container.securityContext.runAsUser != null && container.securityContext.runAsGroup != null
    ])
    error_message = "securityContext in eks_properties names runAsUser and runAsGroup, because provider 5.x sends 0, which is root, for what is missing: set both, such as 1000, or leave securityContext out."
  }
}
