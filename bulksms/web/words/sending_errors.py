"""The page's messages when the account, the record of what was sent or a rule stops it."""

from collections.abc import Mapping
from functools import cache

from bulksms.pages.languages import language_of

__all__ = ["sending_errors"]


@cache
def sending_errors(language: str) -> Mapping[str, str]:
    """Return the sentences in a language, by the code of the error."""
    _ = language_of(language).catalogue.gettext
    return {
        "answer_may_come": _(
            "The program that posted request %(number)s may still get its answer: decide in a few "
            "minutes. Nothing was changed."
        ),
        "api_address_invalid": _(
            "The address of Octopush that is set on this computer cannot be used: ask the "
            "person who set bulksms up."
        ),
        "balance_unreadable": _(
            "Octopush did not give the balance. Look at the login and the key, and whether this "
            "computer is connected, then try again."
        ),
        "campaign_begun_ahead": _(
            "The clock of this computer was wrong when the campaign “%(name)s” began, so people "
            "who had the text lately may be in it. Nothing was sent: stop it, then send the list "
            "again."
        ),
        "campaign_busy": _("This campaign is being used elsewhere: wait a moment, then try again."),
        "campaign_choice": _(
            "It is not clear which campaign is meant: open it from the first page."
        ),
        "campaign_exists": _(
            "There is already a campaign “%(name)s”: you find it on the first page."
        ),
        "campaign_expired": _(
            "This campaign is too old to go on by itself, and the text might surprise people. "
            "Choose the list again: no one gets the text twice."
        ),
        "campaign_has_order": _(
            "This campaign is already paused: “Continue the sending” goes on with it."
        ),
        "campaign_missing": _("There is no campaign “%(name)s”."),
        "campaign_name_invalid": _(
            "The campaign cannot have this name: use letters, digits and spaces, and begin with "
            "a letter or a digit."
        ),
        "campaign_of_another_account": _(
            "This campaign was begun with another Octopush account: enter that one again, or "
            "choose the list again for a new campaign. Nothing was sent."
        ),
        "campaign_of_another_kind": _(
            "This campaign was begun with another kind of key, for rehearsals or for real "
            "texts: set that one again."
        ),
        "campaign_stopped": _(
            "This campaign was stopped for good. To reach the people who are left, choose the "
            "list again: no one gets the text twice."
        ),
        "campaign_unfinished": _(
            "The campaign “%(name)s” has the same text and the same people, and is not "
            "finished: open it from the first page and continue it."
        ),
        "clock_wrong": _(
            "The clock of this computer is wrong, so nothing was sent: set it, then continue."
        ),
        "connection_setting_invalid": _(
            "The way to the internet that is set on this computer (proxy or certificates) "
            "cannot be used: ask the person who looks after it."
        ),
        "credentials_malformed": _(
            "The login or the key has a space, an accent or a line break: copy it again from "
            "your Octopush account."
        ),
        "credentials_not_secret": _(
            "Others can read the stored account in %(file)s, so it is not used. Ask the person "
            "who looks after this computer to correct that."
        ),
        "credentials_undeletable": _(
            "The stored account in %(file)s cannot be deleted on this computer: delete that "
            "file yourself."
        ),
        "credentials_unreadable": _(
            "The stored account cannot be read: enter it again under “Account”."
        ),
        "credentials_unwritable": _(
            "The account cannot be kept on this computer. Ask the person who looks after it to "
            "make some room, or to allow writing in your own folder."
        ),
        "credit_short": _(
            "Your Octopush account has %(balance)s left, and this campaign costs about "
            "%(cost)s. Nothing was sent: top the account up, then try again."
        ),
        "everybody_opted_out": _(
            "Everyone in request %(number)s has asked for no more texts since: choose “Do not "
            "send it again”."
        ),
        "key_file_unusable": _(
            "The file %(path)s, which holds the key of the account, cannot be used: ask the "
            "person who set bulksms up."
        ),
        "ledger_copied": _(
            "The record of what was sent is a copy, and sending from both would text people "
            "twice. Nothing is sent until someone who knows bulksms has looked at it."
        ),
        "ledger_damaged": _(
            "The record of what was sent is damaged. Nothing is sent until someone who knows "
            "bulksms has restored a backup."
        ),
        "ledger_in_synced_folder": _(
            "The record of what was sent is in %(folder)s, which is synchronised or on a "
            "network: two computers could send the same campaign. Ask the person who set "
            "bulksms up to choose a folder of this computer alone."
        ),
        "ledger_linked": _(
            "The file of the record of what was sent has several names, and sending from two of "
            "them would text people twice. Ask the person who set bulksms up to remove the "
            "others."
        ),
        "ledger_not_private": _(
            "Others may change %(path)s, where the record of what was sent is kept, so nothing "
            "is sent. Ask the person who looks after this computer to give it to you alone."
        ),
        "ledger_rolled_back": _(
            "The record of what was sent is older than it should be, as after a backup was "
            "restored. Nothing is sent until someone who knows bulksms has looked at it."
        ),
        "ledger_setting_invalid": _(
            "The place that is set for the record of what was sent cannot be used. Ask the "
            "person who set bulksms up to correct it. Nothing was sent."
        ),
        "ledger_too_new": _(
            "The record of what was sent was written by a newer bulksms: install that version."
        ),
        "ledger_unusable": _(
            "The record of what was sent cannot be used, so nothing is sent. Close other "
            "programs that use it, or free some space, then try again."
        ),
        "ledger_unwritable": _(
            "The record of what was sent cannot be written, perhaps because the disk is full. "
            "Nothing was sent: make room, then try again."
        ),
        "lock_unusable": _(
            "The file %(path)s, which keeps two programs from sending at once, cannot be used. "
            "Ask the person who looks after this computer to let you write there."
        ),
        "no_account": _("There is no Octopush account on this computer: enter it under “Account”."),
        "no_campaign": _("There is no campaign yet: begin one with a list."),
        "no_doubt_left": _("No request of this campaign is in doubt any more: look at it again."),
        "no_home_folder": _(
            "bulksms has no folder to keep its work in: ask the person who set it up."
        ),
        "no_phone_number": _("This file has no phone number: check that it is the right one."),
        "no_text_to_test": _(
            "There is no finished text to test: correct the text or the first row."
        ),
        "nobody_left": _(
            "No row of this list can get the text, so nothing was sent: correct the rows that "
            "are left out."
        ),
        "number_invalid": _(
            "This number cannot be read: write it in full, with the code of its country."
        ),
        "opens_too_late": _(
            "The hours at which this text may go out come too late for this campaign. Nothing "
            "was sent: choose a time on step 5."
        ),
        "opt_outs_unreadable": _(
            "The list of people who want no more texts could not be read in full. Nothing was "
            "sent: correct that list first."
        ),
        "over_budget": _(
            "This campaign would cost about %(amount)s, more than the limit of %(limit)s. "
            "Nothing was sent."
        ),
        "own_number_invalid": _(
            "%(number)s cannot get a test: write the number of a mobile, with the code of its "
            "country if it is abroad."
        ),
        "own_number_not_guest": _(
            "%(number)s is not on the list of guests, and only guests get this text: add it there."
        ),
        "personal_data_deleted": _(
            "The personal data of this campaign was deleted, so there is only the file of the "
            "requests."
        ),
        "plan_has_errors": _(
            "Something in the list or in the text has to be corrected or confirmed first. "
            "Nothing was sent: look at the notes above."
        ),
        "quiet_hours": _(
            "Marketing must not reach people at this hour. Nothing was sent: choose a time on "
            "step 5."
        ),
        "real_key_for_rehearsal": _(
            "This computer is set up for rehearsals, and this is a real key: ask the person who "
            "set bulksms up."
        ),
        "request_changed": _(
            "Request %(number)s has changed meanwhile, perhaps in another window: look at it again."
        ),
        "request_in_doubt": _("Request %(number)s is in doubt: decide about it first."),
        "requests_missing": _(
            "Requests of this campaign were sent, and the record of them is missing. Nothing is "
            "sent until someone who knows bulksms has looked at it."
        ),
        "resend_after_stop": _(
            "This campaign was stopped for good, so this request cannot be sent again: note "
            "that it was sent, or choose “Do not send it again”."
        ),
        "resend_too_late": _(
            "The time for which this campaign was planned has passed, and the text would go out "
            "at once: choose “Do not send it again”."
        ),
        "safety_logs_missing": _(
            "The files that guard the record of what was sent are missing or damaged. Nothing "
            "is sent until someone who knows bulksms has looked at it."
        ),
        "same_campaign_stopped": _(
            "The campaign “%(name)s” with this text and these people was stopped for good, so "
            "it is not sent again by itself: change the list or the text."
        ),
        "same_text_just_sent": _(
            "Some of these people are just getting the same text from another campaign. Nothing "
            "was sent: try again, and they are left out."
        ),
        "send_time_missed": _(
            "The time for which this campaign was planned has passed, so the rest was not sent. "
            "Choose the list again, with another time: only people without the text are left in "
            "it."
        ),
        "settings_file_invalid": _(
            "The settings file %(path)s cannot be used: ask the person who set bulksms up to "
            "correct it."
        ),
        "state_folder_unusable": _(
            "The folder %(folder)s, where bulksms keeps what it does, cannot be used. Ask the "
            "person who looks after this computer to let you write in it."
        ),
        "stop_not_held": _(
            "One of these STOPs was decided meanwhile: look again. Nothing was changed."
        ),
        "test_key": _(
            "This is a test key of bulksms, which is good for rehearsals only: copy the key of "
            "your Octopush account."
        ),
        "text_sent_before": _(
            "This text was sent before, and the record of that campaign is missing. Nothing is "
            "sent until someone who knows bulksms has looked at it."
        ),
        "too_many_seeds": _(
            "At most %(limit)s people can get the first and the last text too: put the others "
            "into the list."
        ),
        "waiting_elsewhere": _(
            "Some of these people wait for the same text in an unfinished campaign. Nothing was "
            "sent: finish that one first."
        ),
    }
