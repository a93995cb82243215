"""check"""
from micrograd.checking.check import check
