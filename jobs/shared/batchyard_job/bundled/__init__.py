"""Tools that come with the library: BWA-MEM, samtools and bcftools from wheels, each run as a process.

Processes, because the C code keeps the interpreter from handling signals, and may end the process outright.
"""
