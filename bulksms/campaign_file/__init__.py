"""Campaign files: a campaign saved with its list, its text and its rules, to be run again."""

from bulksms.campaign_file.read_campaign_file import read_campaign_file
from bulksms.campaign_file.setting_values import parse_duration, parse_percentage

__all__ = ["parse_duration", "parse_percentage", "read_campaign_file"]
