"""Try-ons as jobs: submitted, kept in SQL, worked on by whoever is free, never lost.

`job.py` is the record and its states, `ledger.py` what clients do to it, `claims.py` what workers
do to it, `work.py` how one is done, `runner.py` who does it, `service.py` what the REST API calls.
"""
