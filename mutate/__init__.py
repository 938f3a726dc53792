"""Mutation testing of the rules: small faults put into `backend/domain`, one at a time; does a test notice?"""
