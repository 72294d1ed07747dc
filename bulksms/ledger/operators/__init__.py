"""What operators, schedules and watched folders ordered, approved, tried and did."""
