"""Histories of fields, as CRMs export them."""


def test_a_change_of_stage_is_what_it_came_to_and_any_other_its_field(imported):
    log = imported(
        {
            "history.csv": "Record ID,Email,Property name,Property value,Source type,Timestamp\n"
            "1,ann@acme.example,lifecyclestage,lead,FORM,2024-01-02 10:00\n"
            "1,ann@acme.example,phone,0123,CRM_UI,2024-01-03 10:00\n"
            "1,ann@acme.example,lifecyclestage,customer,CRM_UI,2024-02-03 10:00\n"
        }
    )
    assert log.touchpoint_types == ["customer", "lead", "phone changed"]
    assert log.n_journeys == 1


def test_a_field_history_of_salesforce(imported):
    log = imported(
        {
            "OpportunityFieldHistory.csv": "Id,OpportunityId,Field,OldValue,NewValue,CreatedDate\n"
            "h1,o1,StageName,Prospecting,Proposal,2024-01-02T10:00:00.000+0000\n"
            "h2,o1,Amount,10,20,2024-01-03T10:00:00.000+0000\n"
            "h3,o1,StageName,Proposal,Closed Won,2024-02-02T10:00:00.000+0000\n"
        }
    )
    assert log.touchpoint_types == ["Amount changed", "Closed Won", "Proposal"]
    assert log.n_journeys == 1


def test_a_log_with_an_event_is_no_history(imported):
    text = "company,event,field,value,time\nc1,Ad,x,1,2024-01-02\nc1,Demo,x,2,2024-01-03\n"
    assert imported({"a.csv": text}).touchpoint_types == ["Ad", "Demo"]
