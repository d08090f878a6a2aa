"""The evaluation harness: question sets, systems, measures, comparison, report and gate."""
