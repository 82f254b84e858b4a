"""The torture suite: thousands of tasks on real services, while everything around them is killed, paused and cut off.

python -m tests.torture --seconds 300 --seed 1
"""
