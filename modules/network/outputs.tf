output "vpc_id" {
  description = "Id of the VPC."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Ids of the public subnets, by Availability Zone."
  value       = { for zone, subnet in aws_subnet.public : zone => subnet.id }
}

output "private_subnet_ids" {
  description = "Ids of the private subnets, by Availability Zone."
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.id }
}

output "isolated_subnet_ids" {
  description = "Ids of the isolated subnets, by Availability Zone."
  value       = { for zone, subnet in aws_subnet.isolated : zone => subnet.id }
}

output "default_security_group_id" {
  description = "Id of the VPC's default security group, which has no rules unless nodes_in_default_group."
  value       = aws_default_security_group.this.id
}

output "batch_security_group_id" {
  description = "Id of the security group for Batch instances and tasks."
  value       = aws_security_group.batch.id
}

output "endpoint_security_group_id" {
  description = "Id of the security group of the interface endpoints."
  value       = aws_security_group.endpoints.id
}

output "nat_public_ips" {
  description = "Public addresses of the NAT gateways, by Availability Zone, for allow-lists of others."
  value       = { for zone, address in aws_eip.nat : zone => address.public_ip }
}
