variable "eks" {
  description = "Existing EKS cluster and namespace that pods run in, for type EKS, and whether its nodes are EC2 (on demand) or SPOT. The cluster has to know Batch and the role of the nodes."
  type = object({
    cluster_arn = string
    namespace   = string
    capacity    = optional(string, "EC2")
  })
  default = null

  validation {
    condition     = (var.eks != null) == (var.type == "EKS")
    error_message = "eks is set with type EKS, and with no other, because Batch takes a cluster there and nowhere else: set both, or neither."
  }

  validation {
    condition     = var.eks == null ? true : can(regex("^arn:aws[a-z-]*:eks:[a-z0-9-]+:[0-9]{12}:cluster/[A-Za-z0-9_-]{1,100}$", var.eks.cluster_arn))
    error_message = "eks.cluster_arn is the ARN of a cluster, because Batch looks it up by that: set such as arn:aws:eks:eu-west-1:111122223333:cluster/shared."
  }

  validation {
    condition     = var.eks == null ? true : can(regex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", var.eks.namespace)) && var.eks.namespace != "default" && !startswith(var.eks.namespace, "kube-")
    error_message = "eks.namespace is a Kubernetes name of at most 63 characters, not default and not kube-*, because Batch refuses these: set one made for Batch, such as batch."
  }

  validation {
    condition     = var.eks == null ? true : contains(["EC2", "SPOT"], var.eks.capacity)
    error_message = "eks.capacity is EC2 or SPOT, because Batch starts instances as nodes: set one of them."
  }
}
