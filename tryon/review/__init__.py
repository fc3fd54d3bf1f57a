"""QA review: people label fits, agreement is measured, the automatic score is calibrated.

Nothing here knows the page or the REST API; `service.py` is what those call.
"""
