// Printed from the API's OpenAPI page: change the API, then print again with UPDATE_DOCS=1 npm test -- test/tools/page
import type { ApiPage } from '../api-page.js';

/** What the API says of its tools; a test holds it against the running API. */
export const page: ApiPage = {
 "operations": {
  "ticket.create": {
   "parameters": [],
   "body": {
    "$ref": "#/components/schemas/CreateTicket"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "ticket.request_info": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/RequestInfo"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "ticket.triage": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/Triage"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "schedule.propose": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/ProposeSchedule"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "schedule.confirm": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/ConfirmSchedule"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "schedule.reschedule": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/Reschedule"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "assignment.dispatch": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/Dispatch"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "assignment.reassign": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/Reassign"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "tech.check_in": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/CheckIn"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "tech.request_change": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/RequestChange"
   },
   "answer": {
    "$ref": "#/components/schemas/TicketWithApproval"
   }
  },
  "approval.decide": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/DecideApproval"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "work.hold": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/HoldWork"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "work.resume": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/ResumeWork"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "closeout.add_evidence": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/AddEvidence"
   },
   "answer": {
    "$ref": "#/components/schemas/Evidence"
   }
  },
  "closeout.withdraw_evidence": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    },
    {
     "name": "evidenceId",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/WithdrawEvidence"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "closeout.record_checklist": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/RecordChecklist"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "tech.complete": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/CompleteWork"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "qa.verify": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/VerifyWork"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "billing.generate_invoice": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/GenerateInvoice"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "ticket.close": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/CloseTicket"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "ticket.cancel": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "body": {
    "$ref": "#/components/schemas/CancelTicket"
   },
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "ticket.get": {
   "parameters": [
    {
     "name": "as_of",
     "in": "query",
     "required": false,
     "schema": {
      "type": "string",
      "minLength": 1,
      "maxLength": 200
     }
    },
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "answer": {
    "$ref": "#/components/schemas/Ticket"
   }
  },
  "ticket.list": {
   "parameters": [
    {
     "name": "state",
     "in": "query",
     "required": false,
     "schema": {
      "type": "array",
      "items": {
       "type": "string",
       "enum": [
        "NEW",
        "NEEDS_INFO",
        "TRIAGED",
        "APPROVAL_REQUIRED",
        "READY_TO_SCHEDULE",
        "SCHEDULE_PROPOSED",
        "SCHEDULED",
        "DISPATCHED",
        "ON_SITE",
        "IN_PROGRESS",
        "ON_HOLD",
        "COMPLETED_PENDING_VERIFICATION",
        "VERIFIED",
        "INVOICED",
        "CLOSED",
        "CANCELLED"
       ]
      }
     }
    },
    {
     "name": "priority",
     "in": "query",
     "required": false,
     "schema": {
      "type": "array",
      "items": {
       "type": "string",
       "enum": [
        "EMERGENCY",
        "URGENT",
        "ROUTINE"
       ]
      }
     }
    },
    {
     "name": "account_id",
     "in": "query",
     "required": false,
     "schema": {
      "type": "array",
      "items": {
       "type": "string",
       "format": "uuid"
      }
     }
    },
    {
     "name": "site_id",
     "in": "query",
     "required": false,
     "schema": {
      "type": "array",
      "items": {
       "type": "string",
       "format": "uuid"
      }
     }
    },
    {
     "name": "assigned_tech_id",
     "in": "query",
     "required": false,
     "schema": {
      "type": "array",
      "items": {
       "type": "string",
       "format": "uuid"
      }
     }
    },
    {
     "name": "incident_type",
     "in": "query",
     "required": false,
     "schema": {
      "type": "array",
      "items": {
       "type": "string"
      }
     }
    },
    {
     "name": "q",
     "in": "query",
     "required": false,
     "schema": {
      "type": "string",
      "minLength": 1,
      "maxLength": 200
     }
    },
    {
     "name": "limit",
     "in": "query",
     "required": false,
     "schema": {
      "type": "integer",
      "minimum": 1,
      "maximum": 500,
      "default": 100
     }
    },
    {
     "name": "cursor",
     "in": "query",
     "required": false,
     "schema": {
      "type": "string"
     }
    }
   ],
   "answer": {
    "$ref": "#/components/schemas/TicketList"
   }
  },
  "ticket.timeline": {
   "parameters": [
    {
     "name": "limit",
     "in": "query",
     "required": false,
     "schema": {
      "type": "integer",
      "minimum": 1,
      "maximum": 500,
      "default": 500
     }
    },
    {
     "name": "cursor",
     "in": "query",
     "required": false,
     "schema": {
      "type": "string"
     }
    },
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "answer": {
    "$ref": "#/components/schemas/Timeline"
   }
  },
  "closeout.list_evidence": {
   "parameters": [
    {
     "name": "limit",
     "in": "query",
     "required": false,
     "schema": {
      "type": "integer",
      "minimum": 1,
      "maximum": 500,
      "default": 500
     }
    },
    {
     "name": "cursor",
     "in": "query",
     "required": false,
     "schema": {
      "type": "string"
     }
    },
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "answer": {
    "$ref": "#/components/schemas/EvidenceList"
   }
  },
  "dispatcher.cockpit": {
   "parameters": [
    {
     "name": "state",
     "in": "query",
     "required": false,
     "schema": {
      "type": "array",
      "items": {
       "type": "string",
       "enum": [
        "NEW",
        "NEEDS_INFO",
        "TRIAGED",
        "APPROVAL_REQUIRED",
        "READY_TO_SCHEDULE",
        "SCHEDULE_PROPOSED",
        "SCHEDULED",
        "DISPATCHED",
        "ON_SITE",
        "IN_PROGRESS",
        "ON_HOLD",
        "COMPLETED_PENDING_VERIFICATION",
        "VERIFIED",
        "INVOICED",
        "CLOSED",
        "CANCELLED"
       ]
      }
     }
    },
    {
     "name": "priority",
     "in": "query",
     "required": false,
     "schema": {
      "type": "array",
      "items": {
       "type": "string",
       "enum": [
        "EMERGENCY",
        "URGENT",
        "ROUTINE"
       ]
      }
     }
    },
    {
     "name": "account_id",
     "in": "query",
     "required": false,
     "schema": {
      "type": "array",
      "items": {
       "type": "string",
       "format": "uuid"
      }
     }
    },
    {
     "name": "site_id",
     "in": "query",
     "required": false,
     "schema": {
      "type": "array",
      "items": {
       "type": "string",
       "format": "uuid"
      }
     }
    },
    {
     "name": "assigned_tech_id",
     "in": "query",
     "required": false,
     "schema": {
      "type": "array",
      "items": {
       "type": "string",
       "format": "uuid"
      }
     }
    },
    {
     "name": "incident_type",
     "in": "query",
     "required": false,
     "schema": {
      "type": "array",
      "items": {
       "type": "string"
      }
     }
    },
    {
     "name": "sla_status",
     "in": "query",
     "required": false,
     "schema": {
      "type": "array",
      "items": {
       "type": "string",
       "enum": [
        "breach",
        "warning",
        "healthy"
       ]
      }
     }
    },
    {
     "name": "ticket_id",
     "in": "query",
     "required": false,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    },
    {
     "name": "limit",
     "in": "query",
     "required": false,
     "schema": {
      "type": "integer",
      "minimum": 1,
      "maximum": 200,
      "default": 200
     }
    },
    {
     "name": "cursor",
     "in": "query",
     "required": false,
     "schema": {
      "type": "string"
     }
    }
   ],
   "answer": {
    "$ref": "#/components/schemas/Cockpit"
   }
  },
  "tech.job_packet": {
   "parameters": [
    {
     "name": "id",
     "in": "path",
     "required": true,
     "schema": {
      "type": "string",
      "format": "uuid"
     }
    }
   ],
   "answer": {
    "$ref": "#/components/schemas/JobPacket"
   }
  }
 },
 "schemas": {
  "AddEvidence": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "kind": {
     "type": "string",
     "minLength": 1,
     "maxLength": 100,
     "description": "PHOTO, NOTE, SIGNATURE or a word of your own"
    },
    "uri": {
     "type": "string",
     "minLength": 1,
     "maxLength": 2048,
     "description": "Whether it names an object of the store is checked at completion"
    },
    "evidence_key": {
     "type": "string",
     "minLength": 1,
     "maxLength": 200
    },
    "checksum": {
     "type": "string",
     "pattern": "^sha256:[0-9a-fA-F]{64}$"
    },
    "metadata": {
     "type": "object",
     "additionalProperties": true
    }
   },
   "required": [
    "kind",
    "uri"
   ],
   "additionalProperties": false
  },
  "CancelTicket": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "reason": {
     "type": "string",
     "minLength": 10,
     "maxLength": 2000
    }
   },
   "required": [
    "reason"
   ],
   "additionalProperties": false
  },
  "CheckIn": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "timestamp": {
     "type": "string",
     "format": "date-time"
    },
    "location": {
     "type": "object",
     "additionalProperties": true
    }
   },
   "required": [
    "timestamp"
   ],
   "additionalProperties": false
  },
  "CloseTicket": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "reason": {
     "type": "string",
     "minLength": 1,
     "maxLength": 2000
    }
   },
   "additionalProperties": false
  },
  "Cockpit": {
   "type": "object",
   "properties": {
    "generated_at": {
     "type": "string",
     "format": "date-time"
    },
    "actor": {
     "type": "object",
     "properties": {
      "actor_id": {
       "type": "string"
      },
      "actor_role": {
       "type": "string"
      },
      "actor_type": {
       "type": "string"
      },
      "tool_name": {
       "type": "string"
      }
     },
     "required": [
      "actor_id",
      "actor_role",
      "actor_type",
      "tool_name"
     ],
     "additionalProperties": false
    },
    "filters_applied": {
     "type": "object",
     "properties": {
      "state": {
       "type": "array",
       "items": {
        "type": "string",
        "enum": [
         "NEW",
         "NEEDS_INFO",
         "TRIAGED",
         "APPROVAL_REQUIRED",
         "READY_TO_SCHEDULE",
         "SCHEDULE_PROPOSED",
         "SCHEDULED",
         "DISPATCHED",
         "ON_SITE",
         "IN_PROGRESS",
         "ON_HOLD",
         "COMPLETED_PENDING_VERIFICATION",
         "VERIFIED",
         "INVOICED",
         "CLOSED",
         "CANCELLED"
        ]
       }
      },
      "priority": {
       "type": "array",
       "items": {
        "type": "string",
        "enum": [
         "EMERGENCY",
         "URGENT",
         "ROUTINE"
        ]
       }
      },
      "account_id": {
       "type": "array",
       "items": {
        "type": "string",
        "format": "uuid"
       }
      },
      "site_id": {
       "type": "array",
       "items": {
        "type": "string",
        "format": "uuid"
       }
      },
      "assigned_tech_id": {
       "type": "array",
       "items": {
        "type": "string",
        "format": "uuid"
       }
      },
      "incident_type": {
       "type": "array",
       "items": {
        "type": "string"
       }
      },
      "sla_status": {
       "type": "array",
       "items": {
        "type": "string",
        "enum": [
         "breach",
         "warning",
         "healthy"
        ]
       }
      }
     },
     "required": [],
     "additionalProperties": false
    },
    "queue": {
     "type": "array",
     "items": {
      "type": "object",
      "properties": {
       "ticket_id": {
        "type": "string",
        "format": "uuid"
       },
       "state": {
        "type": "string",
        "enum": [
         "NEW",
         "NEEDS_INFO",
         "TRIAGED",
         "APPROVAL_REQUIRED",
         "READY_TO_SCHEDULE",
         "SCHEDULE_PROPOSED",
         "SCHEDULED",
         "DISPATCHED",
         "ON_SITE",
         "IN_PROGRESS",
         "ON_HOLD",
         "COMPLETED_PENDING_VERIFICATION",
         "VERIFIED",
         "INVOICED",
         "CLOSED",
         "CANCELLED"
        ]
       },
       "priority": {
        "type": "string",
        "enum": [
         "EMERGENCY",
         "URGENT",
         "ROUTINE"
        ]
       },
       "incident_type": {
        "oneOf": [
         {
          "type": "string"
         },
         {
          "type": "null"
         }
        ]
       },
       "summary": {
        "type": "string"
       },
       "site": {
        "type": "object",
        "properties": {
         "id": {
          "type": "string",
          "format": "uuid"
         },
         "name": {
          "oneOf": [
           {
            "type": "string"
           },
           {
            "type": "null"
           }
          ]
         },
         "city": {
          "oneOf": [
           {
            "type": "string"
           },
           {
            "type": "null"
           }
          ]
         },
         "region": {
          "oneOf": [
           {
            "type": "string"
           },
           {
            "type": "null"
           }
          ]
         }
        },
        "required": [
         "id",
         "name",
         "city",
         "region"
        ],
        "additionalProperties": false
       },
       "assigned_tech": {
        "oneOf": [
         {
          "type": "string",
          "format": "uuid"
         },
         {
          "type": "null"
         }
        ]
       },
       "scheduled_start": {
        "oneOf": [
         {
          "type": "string",
          "format": "date-time"
         },
         {
          "type": "null"
         }
        ]
       },
       "last_update_at": {
        "type": "string",
        "format": "date-time"
       },
       "last_transition_at": {
        "type": "string",
        "format": "date-time"
       },
       "sla_target_minutes": {
        "type": "integer",
        "minimum": 0
       },
       "sla_deadline_at": {
        "type": "string",
        "format": "date-time"
       },
       "sla_timer_remaining_minutes": {
        "type": "integer"
       },
       "sla_timer_remaining": {
        "type": "string",
        "pattern": "^-?\\d{2,}:\\d{2}$"
       },
       "sla_status": {
        "type": "string",
        "enum": [
         "breach",
         "warning",
         "healthy"
        ]
       },
       "sla_clock": {
        "type": "string",
        "enum": [
         "running",
         "paused",
         "stopped"
        ]
       },
       "sla_delay_attribution": {
        "type": "string",
        "enum": [
         "customer",
         "provider",
         "unknown"
        ]
       },
       "actions": {
        "type": "array",
        "items": {
         "type": "object",
         "properties": {
          "action_id": {
           "type": "string"
          },
          "tool_name": {
           "type": "string"
          },
          "endpoint": {
           "type": "string"
          },
          "method": {
           "type": "string",
           "enum": [
            "GET",
            "POST"
           ]
          },
          "mutating": {
           "type": "boolean"
          },
          "enabled": {
           "type": "boolean"
          },
          "policy_error": {
           "oneOf": [
            {
             "type": "object",
             "properties": {
              "code": {
               "type": "string"
              },
              "message": {
               "type": "string"
              },
              "dimension": {
               "type": "string"
              }
             },
             "required": [
              "code",
              "message",
              "dimension"
             ],
             "additionalProperties": true
            },
            {
             "type": "null"
            }
           ]
          }
         },
         "required": [
          "action_id",
          "tool_name",
          "endpoint",
          "method",
          "mutating",
          "enabled",
          "policy_error"
         ],
         "additionalProperties": false
        }
       }
      },
      "required": [
       "ticket_id",
       "state",
       "priority",
       "incident_type",
       "summary",
       "site",
       "assigned_tech",
       "scheduled_start",
       "last_update_at",
       "last_transition_at",
       "sla_target_minutes",
       "sla_deadline_at",
       "sla_timer_remaining_minutes",
       "sla_timer_remaining",
       "sla_status",
       "sla_clock",
       "sla_delay_attribution",
       "actions"
      ],
      "additionalProperties": false
     }
    },
    "next_cursor": {
     "oneOf": [
      {
       "type": "string"
      },
      {
       "type": "null"
      }
     ]
    },
    "counts": {
     "type": "object",
     "properties": {
      "by_state": {
       "type": "object",
       "additionalProperties": {
        "type": "integer",
        "minimum": 0
       }
      },
      "by_sla_status": {
       "type": "object",
       "properties": {
        "breach": {
         "type": "integer",
         "minimum": 0
        },
        "warning": {
         "type": "integer",
         "minimum": 0
        },
        "healthy": {
         "type": "integer",
         "minimum": 0
        }
       },
       "required": [
        "breach",
        "warning",
        "healthy"
       ],
       "additionalProperties": false
      }
     },
     "required": [
      "by_state",
      "by_sla_status"
     ],
     "additionalProperties": false
    },
    "selected_ticket": {
     "oneOf": [
      {
       "type": "object",
       "properties": {
        "ticket": {
         "$ref": "#/components/schemas/Ticket"
        },
        "timeline": {
         "$ref": "#/components/schemas/Timeline"
        },
        "evidence_summary": {
         "type": "object",
         "properties": {
          "total_items": {
           "type": "integer",
           "minimum": 0
          }
         },
         "required": [
          "total_items"
         ],
         "additionalProperties": false
        }
       },
       "required": [
        "ticket",
        "timeline",
        "evidence_summary"
       ],
       "additionalProperties": false
      },
      {
       "type": "null"
      }
     ]
    }
   },
   "required": [
    "generated_at",
    "actor",
    "filters_applied",
    "queue",
    "next_cursor",
    "counts",
    "selected_ticket"
   ],
   "additionalProperties": false
  },
  "CompleteWork": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "checklist_status": {
     "type": "object",
     "maxProperties": 200,
     "additionalProperties": {
      "type": "boolean"
     },
     "description": "Laid over the recorded checklist"
    },
    "no_signature_reason": {
     "type": "string",
     "minLength": 10,
     "maxLength": 2000
    },
    "evidence_refs": {
     "type": "array",
     "minItems": 0,
     "maxItems": 200,
     "items": {
      "type": "string",
      "minLength": 1,
      "maxLength": 2048
     }
    },
    "timestamp": {
     "type": "string",
     "format": "date-time"
    },
    "completion_notes": {
     "type": "string",
     "minLength": 1,
     "maxLength": 10000
    },
    "signature_ref": {
     "type": "string",
     "minLength": 1,
     "maxLength": 2048
    },
    "labor_minutes": {
     "type": "integer",
     "minimum": 0,
     "maximum": 100000
    },
    "parts_used": {
     "type": "array",
     "maxItems": 200,
     "items": {
      "type": "object",
      "additionalProperties": true
     }
    }
   },
   "required": [
    "checklist_status"
   ],
   "additionalProperties": false
  },
  "ConfirmSchedule": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "start": {
     "type": "string",
     "format": "date-time"
    },
    "end": {
     "type": "string",
     "format": "date-time"
    }
   },
   "required": [
    "start",
    "end"
   ],
   "additionalProperties": false
  },
  "CreateTicket": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "account_id": {
     "type": "string",
     "format": "uuid"
    },
    "site_id": {
     "type": "string",
     "format": "uuid",
     "description": "A site of that account"
    },
    "summary": {
     "type": "string",
     "minLength": 1,
     "maxLength": 500
    },
    "asset_id": {
     "type": "string",
     "format": "uuid"
    },
    "description": {
     "type": "string",
     "minLength": 0,
     "maxLength": 10000
    },
    "nte_cents": {
     "type": "integer",
     "minimum": 0,
     "maximum": 1000000000000,
     "description": "Not to exceed; default 0"
    },
    "channel": {
     "type": "string",
     "minLength": 1,
     "maxLength": 100
    },
    "requester_contact": {
     "type": "object",
     "additionalProperties": true
    },
    "attachments": {
     "type": "array",
     "maxItems": 100,
     "items": {
      "type": "object",
      "additionalProperties": true
     }
    }
   },
   "required": [
    "account_id",
    "site_id",
    "summary"
   ],
   "additionalProperties": false
  },
  "DecideApproval": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "approval_id": {
     "type": "string",
     "format": "uuid"
    },
    "decision": {
     "type": "string",
     "enum": [
      "APPROVED",
      "DENIED"
     ]
    },
    "notes": {
     "type": "string",
     "minLength": 1,
     "maxLength": 2000
    }
   },
   "required": [
    "approval_id",
    "decision"
   ],
   "additionalProperties": false
  },
  "Dispatch": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "tech_id": {
     "type": "string",
     "format": "uuid"
    },
    "provider_id": {
     "type": "string",
     "format": "uuid"
    },
    "notes": {
     "type": "string",
     "minLength": 1,
     "maxLength": 2000
    },
    "dispatch_mode": {
     "type": "string",
     "enum": [
      "SCHEDULED",
      "EMERGENCY_BYPASS"
     ]
    },
    "reason": {
     "type": "string",
     "minLength": 10,
     "maxLength": 2000,
     "description": "Needed with EMERGENCY_BYPASS"
    },
    "manager_confirmation": {
     "$ref": "#/components/schemas/ManagerConfirmation"
    }
   },
   "required": [
    "tech_id"
   ],
   "additionalProperties": false
  },
  "Evidence": {
   "type": "object",
   "properties": {
    "id": {
     "type": "string",
     "format": "uuid"
    },
    "ticket_id": {
     "type": "string",
     "format": "uuid"
    },
    "kind": {
     "type": "string"
    },
    "uri": {
     "type": "string"
    },
    "checksum": {
     "oneOf": [
      {
       "type": "string"
      },
      {
       "type": "null"
      }
     ]
    },
    "metadata": {
     "type": "object",
     "additionalProperties": true
    },
    "withdrawn": {
     "type": "boolean"
    },
    "created_by": {
     "type": "string"
    },
    "created_at": {
     "type": "string",
     "format": "date-time"
    }
   },
   "required": [
    "id",
    "ticket_id",
    "kind",
    "uri",
    "checksum",
    "metadata",
    "withdrawn",
    "created_by",
    "created_at"
   ],
   "additionalProperties": false
  },
  "EvidenceList": {
   "type": "object",
   "properties": {
    "ticket_id": {
     "type": "string",
     "format": "uuid"
    },
    "evidence": {
     "type": "array",
     "items": {
      "$ref": "#/components/schemas/Evidence"
     }
    },
    "next_cursor": {
     "oneOf": [
      {
       "type": "string"
      },
      {
       "type": "null"
      }
     ]
    }
   },
   "required": [
    "ticket_id",
    "evidence",
    "next_cursor"
   ],
   "additionalProperties": false
  },
  "GenerateInvoice": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "line_items": {
     "minItems": 0,
     "maxItems": 500,
     "type": "array",
     "items": {
      "$ref": "#/components/schemas/InvoiceLine"
     }
    },
    "external_ref": {
     "type": "string",
     "minLength": 1,
     "maxLength": 200
    }
   },
   "additionalProperties": false
  },
  "HoldWork": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "reason_code": {
     "type": "string",
     "enum": [
      "ACCESS_FAILURE",
      "PARTS_ORDERED",
      "SAFETY",
      "AWAITING_APPROVAL",
      "OTHER"
     ]
    },
    "note": {
     "type": "string",
     "minLength": 10,
     "maxLength": 2000
    }
   },
   "required": [
    "reason_code",
    "note"
   ],
   "additionalProperties": false
  },
  "InvoiceLine": {
   "type": "object",
   "properties": {
    "description": {
     "type": "string",
     "minLength": 1,
     "maxLength": 500
    },
    "quantity": {
     "type": "number",
     "exclusiveMinimum": 0,
     "maximum": 1000000
    },
    "unit_cents": {
     "type": "integer",
     "minimum": 0,
     "maximum": 1000000000000
    }
   },
   "required": [
    "description",
    "quantity",
    "unit_cents"
   ],
   "additionalProperties": false
  },
  "JobPacket": {
   "type": "object",
   "properties": {
    "generated_at": {
     "type": "string",
     "format": "date-time"
    },
    "actor": {
     "type": "object",
     "properties": {
      "actor_id": {
       "type": "string"
      },
      "actor_role": {
       "type": "string"
      },
      "actor_type": {
       "type": "string"
      },
      "tool_name": {
       "type": "string"
      }
     },
     "required": [
      "actor_id",
      "actor_role",
      "actor_type",
      "tool_name"
     ],
     "additionalProperties": false
    },
    "packet": {
     "type": "object",
     "properties": {
      "header": {
       "type": "object",
       "properties": {
        "ticket_id": {
         "type": "string",
         "format": "uuid"
        },
        "priority": {
         "type": "string",
         "enum": [
          "EMERGENCY",
          "URGENT",
          "ROUTINE"
         ]
        },
        "incident_type": {
         "oneOf": [
          {
           "type": "string"
          },
          {
           "type": "null"
          }
         ]
        },
        "current_state": {
         "type": "string",
         "enum": [
          "NEW",
          "NEEDS_INFO",
          "TRIAGED",
          "APPROVAL_REQUIRED",
          "READY_TO_SCHEDULE",
          "SCHEDULE_PROPOSED",
          "SCHEDULED",
          "DISPATCHED",
          "ON_SITE",
          "IN_PROGRESS",
          "ON_HOLD",
          "COMPLETED_PENDING_VERIFICATION",
          "VERIFIED",
          "INVOICED",
          "CLOSED",
          "CANCELLED"
         ]
        },
        "scheduled_window": {
         "type": "object",
         "properties": {
          "start": {
           "oneOf": [
            {
             "type": "string",
             "format": "date-time"
            },
            {
             "type": "null"
            }
           ]
          },
          "end": {
           "oneOf": [
            {
             "type": "string",
             "format": "date-time"
            },
            {
             "type": "null"
            }
           ]
          }
         },
         "required": [
          "start",
          "end"
         ],
         "additionalProperties": false
        },
        "assigned_provider_id": {
         "oneOf": [
          {
           "type": "string",
           "format": "uuid"
          },
          {
           "type": "null"
          }
         ]
        },
        "assigned_tech_id": {
         "oneOf": [
          {
           "type": "string",
           "format": "uuid"
          },
          {
           "type": "null"
          }
         ]
        }
       },
       "required": [
        "ticket_id",
        "priority",
        "incident_type",
        "current_state",
        "scheduled_window",
        "assigned_provider_id",
        "assigned_tech_id"
       ],
       "additionalProperties": false
      },
      "site_and_access": {
       "type": "object",
       "properties": {
        "site_id": {
         "type": "string",
         "format": "uuid"
        },
        "site_name": {
         "oneOf": [
          {
           "type": "string"
          },
          {
           "type": "null"
          }
         ]
        },
        "address": {
         "type": "object",
         "properties": {
          "address1": {
           "oneOf": [
            {
             "type": "string"
            },
            {
             "type": "null"
            }
           ]
          },
          "address2": {
           "oneOf": [
            {
             "type": "string"
            },
            {
             "type": "null"
            }
           ]
          },
          "city": {
           "oneOf": [
            {
             "type": "string"
            },
            {
             "type": "null"
            }
           ]
          },
          "region": {
           "oneOf": [
            {
             "type": "string"
            },
            {
             "type": "null"
            }
           ]
          },
          "postal_code": {
           "oneOf": [
            {
             "type": "string"
            },
            {
             "type": "null"
            }
           ]
          },
          "country": {
           "oneOf": [
            {
             "type": "string"
            },
            {
             "type": "null"
            }
           ]
          }
         },
         "required": [
          "address1",
          "address2",
          "city",
          "region",
          "postal_code",
          "country"
         ],
         "additionalProperties": false
        },
        "timezone": {
         "oneOf": [
          {
           "type": "string"
          },
          {
           "type": "null"
          }
         ]
        },
        "access_instructions": {
         "oneOf": [
          {
           "type": "string"
          },
          {
           "type": "null"
          }
         ]
        },
        "onsite_contact": {
         "oneOf": [
          {
           "type": "object",
           "properties": {
            "name": {
             "type": "string"
            },
            "phone": {
             "oneOf": [
              {
               "type": "string"
              },
              {
               "type": "null"
              }
             ]
            },
            "role": {
             "oneOf": [
              {
               "type": "string"
              },
              {
               "type": "null"
              }
             ]
            }
           },
           "required": [
            "name",
            "phone",
            "role"
           ],
           "additionalProperties": false
          },
          {
           "type": "null"
          }
         ]
        }
       },
       "required": [
        "site_id",
        "site_name",
        "address",
        "timezone",
        "access_instructions",
        "onsite_contact"
       ],
       "additionalProperties": false
      },
      "work_scope": {
       "type": "object",
       "properties": {
        "summary": {
         "type": "string"
        },
        "customer_description": {
         "oneOf": [
          {
           "type": "string"
          },
          {
           "type": "null"
          }
         ]
        },
        "nte_cents": {
         "type": "integer",
         "minimum": 0
        },
        "authorized_scope_constraints": {
         "type": "array",
         "items": {
          "type": "string"
         }
        }
       },
       "required": [
        "summary",
        "customer_description",
        "nte_cents",
        "authorized_scope_constraints"
       ],
       "additionalProperties": false
      },
      "evidence_requirements": {
       "type": "object",
       "properties": {
        "template_version": {
         "oneOf": [
          {
           "type": "string"
          },
          {
           "type": "null"
          }
         ]
        },
        "required_evidence": {
         "type": "array",
         "items": {
          "type": "object",
          "properties": {
           "key": {
            "type": "string"
           },
           "present": {
            "type": "boolean"
           }
          },
          "required": [
           "key",
           "present"
          ],
          "additionalProperties": false
         }
        },
        "evidence_items": {
         "type": "array",
         "items": {
          "$ref": "#/components/schemas/Evidence"
         }
        }
       },
       "required": [
        "template_version",
        "required_evidence",
        "evidence_items"
       ],
       "additionalProperties": false
      },
      "checklist": {
       "type": "object",
       "properties": {
        "required_items": {
         "type": "array",
         "items": {
          "type": "object",
          "properties": {
           "key": {
            "type": "string"
           },
           "checked": {
            "type": "boolean"
           }
          },
          "required": [
           "key",
           "checked"
          ],
          "additionalProperties": false
         }
        },
        "source": {
         "type": "string",
         "enum": [
          "recorded_checklist",
          "latest_completion_attempt",
          "none_recorded"
         ]
        }
       },
       "required": [
        "required_items",
        "source"
       ],
       "additionalProperties": false
      },
      "closeout_gate": {
       "type": "object",
       "properties": {
        "ready": {
         "type": "boolean"
        },
        "code": {
         "oneOf": [
          {
           "type": "string"
          },
          {
           "type": "null"
          }
         ]
        },
        "incident_type": {
         "oneOf": [
          {
           "type": "string"
          },
          {
           "type": "null"
          }
         ]
        },
        "template_version": {
         "oneOf": [
          {
           "type": "string"
          },
          {
           "type": "null"
          }
         ]
        },
        "missing_evidence_keys": {
         "type": "array",
         "items": {
          "type": "string"
         }
        },
        "missing_checklist_keys": {
         "type": "array",
         "items": {
          "type": "string"
         }
        },
        "invalid_evidence_refs": {
         "type": "array",
         "items": {
          "type": "string"
         }
        },
        "signature_satisfied": {
         "type": "boolean"
        },
        "no_signature_reason": {
         "oneOf": [
          {
           "type": "string"
          },
          {
           "type": "null"
          }
         ]
        }
       },
       "required": [
        "ready",
        "code",
        "incident_type",
        "template_version",
        "missing_evidence_keys",
        "missing_checklist_keys",
        "invalid_evidence_refs",
        "signature_satisfied",
        "no_signature_reason"
       ],
       "additionalProperties": false
      },
      "timeline": {
       "type": "object",
       "properties": {
        "events": {
         "type": "array",
         "items": {
          "$ref": "#/components/schemas/TimelineEntry"
         }
        },
        "latest_events": {
         "type": "array",
         "items": {
          "$ref": "#/components/schemas/TimelineEntry"
         }
        }
       },
       "required": [
        "events",
        "latest_events"
       ],
       "additionalProperties": false
      },
      "actions": {
       "type": "array",
       "items": {
        "type": "object",
        "properties": {
         "action_id": {
          "type": "string"
         },
         "tool_name": {
          "type": "string"
         },
         "endpoint": {
          "type": "string"
         },
         "method": {
          "type": "string",
          "enum": [
           "GET",
           "POST"
          ]
         },
         "mutating": {
          "type": "boolean"
         },
         "enabled": {
          "type": "boolean"
         },
         "policy_error": {
          "oneOf": [
           {
            "type": "object",
            "properties": {
             "code": {
              "type": "string"
             },
             "message": {
              "type": "string"
             },
             "dimension": {
              "type": "string"
             }
            },
            "required": [
             "code",
             "message",
             "dimension"
            ],
            "additionalProperties": true
           },
           {
            "type": "null"
           }
          ]
         }
        },
        "required": [
         "action_id",
         "tool_name",
         "endpoint",
         "method",
         "mutating",
         "enabled",
         "policy_error"
        ],
        "additionalProperties": false
       }
      }
     },
     "required": [
      "header",
      "site_and_access",
      "work_scope",
      "evidence_requirements",
      "checklist",
      "closeout_gate",
      "timeline",
      "actions"
     ],
     "additionalProperties": false
    }
   },
   "required": [
    "generated_at",
    "actor",
    "packet"
   ],
   "additionalProperties": false
  },
  "ManagerConfirmation": {
   "type": "object",
   "properties": {
    "manager_id": {
     "type": "string",
     "minLength": 1,
     "maxLength": 200,
     "description": "Actor id of the manager"
    },
    "note": {
     "type": "string",
     "minLength": 1,
     "maxLength": 2000
    }
   },
   "required": [
    "manager_id"
   ],
   "additionalProperties": false
  },
  "ProposeSchedule": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "options": {
     "minItems": 1,
     "maxItems": 10,
     "type": "array",
     "items": {
      "$ref": "#/components/schemas/ScheduleOption"
     }
    }
   },
   "required": [
    "options"
   ],
   "additionalProperties": false
  },
  "Reassign": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "override_type": {
     "type": "string",
     "enum": [
      "reassign_tech",
      "reassign_provider"
     ]
    },
    "reason_code": {
     "type": "string",
     "enum": [
      "capacity",
      "skill_mismatch",
      "customer_request",
      "safety",
      "other"
     ]
    },
    "note": {
     "type": "string",
     "minLength": 10,
     "maxLength": 2000
    },
    "tech_id": {
     "type": "string",
     "format": "uuid",
     "description": "Needed with reassign_tech"
    },
    "provider_id": {
     "type": "string",
     "format": "uuid",
     "description": "Needed with reassign_provider"
    }
   },
   "required": [
    "override_type",
    "reason_code",
    "note"
   ],
   "additionalProperties": false
  },
  "RecordChecklist": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "items": {
     "type": "object",
     "maxProperties": 200,
     "additionalProperties": {
      "type": "boolean"
     }
    },
    "no_signature_reason": {
     "type": "string",
     "minLength": 10,
     "maxLength": 2000
    }
   },
   "required": [
    "items"
   ],
   "additionalProperties": false
  },
  "RequestChange": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "approval_type": {
     "type": "string",
     "enum": [
      "NTE_INCREASE",
      "PROPOSAL"
     ]
    },
    "reason": {
     "type": "string",
     "minLength": 1,
     "maxLength": 2000
    },
    "amount_delta_cents": {
     "type": "integer",
     "minimum": 0,
     "maximum": 1000000000000
    },
    "evidence_refs": {
     "type": "array",
     "minItems": 0,
     "maxItems": 200,
     "items": {
      "type": "string",
      "minLength": 1,
      "maxLength": 2048
     }
    }
   },
   "required": [
    "approval_type",
    "reason"
   ],
   "additionalProperties": false
  },
  "RequestInfo": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "missing_fields": {
     "type": "array",
     "minItems": 1,
     "maxItems": 20,
     "items": {
      "type": "string",
      "minLength": 1,
      "maxLength": 200
     }
    },
    "message": {
     "type": "string",
     "minLength": 1,
     "maxLength": 2000
    }
   },
   "required": [
    "missing_fields"
   ],
   "additionalProperties": false
  },
  "Reschedule": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "reason": {
     "type": "string",
     "minLength": 10,
     "maxLength": 2000
    },
    "requested_by": {
     "type": "string",
     "enum": [
      "customer",
      "provider"
     ]
    }
   },
   "required": [
    "reason",
    "requested_by"
   ],
   "additionalProperties": false
  },
  "ResumeWork": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "return_visit": {
     "type": "boolean",
     "description": "Another visit is needed: back to scheduling"
    },
    "note": {
     "type": "string",
     "minLength": 1,
     "maxLength": 2000
    }
   },
   "additionalProperties": false
  },
  "ScheduleOption": {
   "type": "object",
   "properties": {
    "start": {
     "type": "string",
     "format": "date-time"
    },
    "end": {
     "type": "string",
     "format": "date-time"
    }
   },
   "required": [
    "start",
    "end"
   ],
   "additionalProperties": false
  },
  "Ticket": {
   "type": "object",
   "properties": {
    "id": {
     "type": "string",
     "format": "uuid"
    },
    "account_id": {
     "type": "string",
     "format": "uuid"
    },
    "site_id": {
     "type": "string",
     "format": "uuid"
    },
    "asset_id": {
     "oneOf": [
      {
       "type": "string",
       "format": "uuid"
      },
      {
       "type": "null"
      }
     ]
    },
    "state": {
     "type": "string",
     "enum": [
      "NEW",
      "NEEDS_INFO",
      "TRIAGED",
      "APPROVAL_REQUIRED",
      "READY_TO_SCHEDULE",
      "SCHEDULE_PROPOSED",
      "SCHEDULED",
      "DISPATCHED",
      "ON_SITE",
      "IN_PROGRESS",
      "ON_HOLD",
      "COMPLETED_PENDING_VERIFICATION",
      "VERIFIED",
      "INVOICED",
      "CLOSED",
      "CANCELLED"
     ]
    },
    "priority": {
     "type": "string",
     "enum": [
      "EMERGENCY",
      "URGENT",
      "ROUTINE"
     ]
    },
    "incident_type": {
     "oneOf": [
      {
       "type": "string"
      },
      {
       "type": "null"
      }
     ]
    },
    "summary": {
     "type": "string"
    },
    "description": {
     "oneOf": [
      {
       "type": "string"
      },
      {
       "type": "null"
      }
     ]
    },
    "nte_cents": {
     "type": "integer",
     "minimum": 0
    },
    "currency": {
     "type": "string"
    },
    "risk_flags": {
     "type": "array",
     "items": {
      "type": "string"
     }
    },
    "scheduled_start": {
     "oneOf": [
      {
       "type": "string",
       "format": "date-time"
      },
      {
       "type": "null"
      }
     ]
    },
    "scheduled_end": {
     "oneOf": [
      {
       "type": "string",
       "format": "date-time"
      },
      {
       "type": "null"
      }
     ]
    },
    "schedule_options": {
     "type": "array",
     "items": {
      "type": "object",
      "properties": {
       "start": {
        "type": "string",
        "format": "date-time"
       },
       "end": {
        "type": "string",
        "format": "date-time"
       }
      },
      "required": [
       "start",
       "end"
      ],
      "additionalProperties": false
     }
    },
    "assigned_provider_id": {
     "oneOf": [
      {
       "type": "string",
       "format": "uuid"
      },
      {
       "type": "null"
      }
     ]
    },
    "assigned_tech_id": {
     "oneOf": [
      {
       "type": "string",
       "format": "uuid"
      },
      {
       "type": "null"
      }
     ]
    },
    "pending_approval": {
     "oneOf": [
      {
       "type": "object",
       "properties": {
        "id": {
         "type": "string",
         "format": "uuid"
        },
        "status": {
         "type": "string",
         "enum": [
          "PENDING"
         ]
        },
        "approval_type": {
         "type": "string",
         "enum": [
          "NTE_INCREASE",
          "PROPOSAL"
         ]
        },
        "amount_delta_cents": {
         "type": "integer",
         "minimum": 0
        },
        "reason": {
         "oneOf": [
          {
           "type": "string"
          },
          {
           "type": "null"
          }
         ]
        },
        "requested_at": {
         "type": "string",
         "format": "date-time"
        }
       },
       "required": [
        "id",
        "status",
        "approval_type",
        "amount_delta_cents",
        "reason",
        "requested_at"
       ],
       "additionalProperties": false
      },
      {
       "type": "null"
      }
     ]
    },
    "version": {
     "type": "integer",
     "minimum": 0
    },
    "created_at": {
     "type": "string",
     "format": "date-time"
    },
    "updated_at": {
     "type": "string",
     "format": "date-time"
    }
   },
   "required": [
    "id",
    "account_id",
    "site_id",
    "asset_id",
    "state",
    "priority",
    "incident_type",
    "summary",
    "description",
    "nte_cents",
    "currency",
    "risk_flags",
    "scheduled_start",
    "scheduled_end",
    "schedule_options",
    "assigned_provider_id",
    "assigned_tech_id",
    "pending_approval",
    "version",
    "created_at",
    "updated_at"
   ],
   "additionalProperties": false
  },
  "TicketList": {
   "type": "object",
   "properties": {
    "tickets": {
     "type": "array",
     "items": {
      "$ref": "#/components/schemas/Ticket"
     }
    },
    "next_cursor": {
     "oneOf": [
      {
       "type": "string"
      },
      {
       "type": "null"
      }
     ]
    }
   },
   "required": [
    "tickets",
    "next_cursor"
   ],
   "additionalProperties": false
  },
  "TicketWithApproval": {
   "type": "object",
   "properties": {
    "ticket": {
     "$ref": "#/components/schemas/Ticket"
    },
    "approval": {
     "type": "object",
     "properties": {
      "id": {
       "type": "string",
       "format": "uuid"
      },
      "status": {
       "type": "string",
       "enum": [
        "PENDING"
       ]
      },
      "approval_type": {
       "type": "string",
       "enum": [
        "NTE_INCREASE",
        "PROPOSAL"
       ]
      },
      "amount_delta_cents": {
       "type": "integer",
       "minimum": 0
      },
      "reason": {
       "oneOf": [
        {
         "type": "string"
        },
        {
         "type": "null"
        }
       ]
      },
      "requested_at": {
       "type": "string",
       "format": "date-time"
      }
     },
     "required": [
      "id",
      "status",
      "approval_type",
      "amount_delta_cents",
      "reason",
      "requested_at"
     ],
     "additionalProperties": false
    }
   },
   "required": [
    "ticket",
    "approval"
   ],
   "additionalProperties": false
  },
  "Timeline": {
   "type": "object",
   "properties": {
    "ticket_id": {
     "type": "string",
     "format": "uuid"
    },
    "events": {
     "type": "array",
     "items": {
      "$ref": "#/components/schemas/TimelineEntry"
     }
    },
    "next_cursor": {
     "oneOf": [
      {
       "type": "string"
      },
      {
       "type": "null"
      }
     ]
    }
   },
   "required": [
    "ticket_id",
    "events",
    "next_cursor"
   ],
   "additionalProperties": false
  },
  "TimelineEntry": {
   "type": "object",
   "properties": {
    "id": {
     "type": "string",
     "format": "uuid"
    },
    "ticket_id": {
     "type": "string",
     "format": "uuid"
    },
    "sequence": {
     "type": "integer",
     "minimum": 0
    },
    "type": {
     "type": "string"
    },
    "actor_type": {
     "type": "string"
    },
    "actor_id": {
     "type": "string"
    },
    "actor_role": {
     "type": "string"
    },
    "tool_name": {
     "type": "string"
    },
    "request_id": {
     "type": "string",
     "format": "uuid"
    },
    "correlation_id": {
     "type": "string"
    },
    "trace_id": {
     "oneOf": [
      {
       "type": "string"
      },
      {
       "type": "null"
      }
     ]
    },
    "before_state": {
     "oneOf": [
      {
       "type": "string",
       "enum": [
        "NEW",
        "NEEDS_INFO",
        "TRIAGED",
        "APPROVAL_REQUIRED",
        "READY_TO_SCHEDULE",
        "SCHEDULE_PROPOSED",
        "SCHEDULED",
        "DISPATCHED",
        "ON_SITE",
        "IN_PROGRESS",
        "ON_HOLD",
        "COMPLETED_PENDING_VERIFICATION",
        "VERIFIED",
        "INVOICED",
        "CLOSED",
        "CANCELLED"
       ]
      },
      {
       "type": "null"
      }
     ]
    },
    "after_state": {
     "type": "string",
     "enum": [
      "NEW",
      "NEEDS_INFO",
      "TRIAGED",
      "APPROVAL_REQUIRED",
      "READY_TO_SCHEDULE",
      "SCHEDULE_PROPOSED",
      "SCHEDULED",
      "DISPATCHED",
      "ON_SITE",
      "IN_PROGRESS",
      "ON_HOLD",
      "COMPLETED_PENDING_VERIFICATION",
      "VERIFIED",
      "INVOICED",
      "CLOSED",
      "CANCELLED"
     ]
    },
    "transitions": {
     "type": "array",
     "items": {
      "type": "object",
      "properties": {
       "from": {
        "oneOf": [
         {
          "type": "string",
          "enum": [
           "NEW",
           "NEEDS_INFO",
           "TRIAGED",
           "APPROVAL_REQUIRED",
           "READY_TO_SCHEDULE",
           "SCHEDULE_PROPOSED",
           "SCHEDULED",
           "DISPATCHED",
           "ON_SITE",
           "IN_PROGRESS",
           "ON_HOLD",
           "COMPLETED_PENDING_VERIFICATION",
           "VERIFIED",
           "INVOICED",
           "CLOSED",
           "CANCELLED"
          ]
         },
         {
          "type": "null"
         }
        ]
       },
       "to": {
        "type": "string",
        "enum": [
         "NEW",
         "NEEDS_INFO",
         "TRIAGED",
         "APPROVAL_REQUIRED",
         "READY_TO_SCHEDULE",
         "SCHEDULE_PROPOSED",
         "SCHEDULED",
         "DISPATCHED",
         "ON_SITE",
         "IN_PROGRESS",
         "ON_HOLD",
         "COMPLETED_PENDING_VERIFICATION",
         "VERIFIED",
         "INVOICED",
         "CLOSED",
         "CANCELLED"
        ]
       }
      },
      "required": [
       "from",
       "to"
      ],
      "additionalProperties": false
     }
    },
    "payload": {
     "type": "object",
     "additionalProperties": true
    },
    "policy_version": {
     "type": "string"
    },
    "created_at": {
     "type": "string",
     "format": "date-time"
    }
   },
   "required": [
    "id",
    "ticket_id",
    "sequence",
    "type",
    "actor_type",
    "actor_id",
    "actor_role",
    "tool_name",
    "request_id",
    "correlation_id",
    "trace_id",
    "before_state",
    "after_state",
    "transitions",
    "payload",
    "policy_version",
    "created_at"
   ],
   "additionalProperties": false
  },
  "Triage": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "priority": {
     "type": "string",
     "enum": [
      "EMERGENCY",
      "URGENT",
      "ROUTINE"
     ]
    },
    "incident_type": {
     "type": "string",
     "minLength": 1,
     "maxLength": 100,
     "description": "Unknown types are accepted here and cannot be completed"
    },
    "nte_cents": {
     "type": "integer",
     "minimum": 0,
     "maximum": 1000000000000
    },
    "risk_flags": {
     "type": "array",
     "minItems": 0,
     "maxItems": 50,
     "items": {
      "type": "string",
      "minLength": 1,
      "maxLength": 200
     }
    },
    "notes": {
     "type": "string",
     "minLength": 1,
     "maxLength": 10000
    },
    "workflow_outcome": {
     "type": "string",
     "enum": [
      "TRIAGED",
      "READY_TO_SCHEDULE",
      "APPROVAL_REQUIRED"
     ]
    },
    "requires_approval": {
     "type": "boolean"
    },
    "ready_to_schedule": {
     "type": "boolean"
    },
    "approval_reason": {
     "type": "string",
     "minLength": 1,
     "maxLength": 2000
    },
    "approval_amount_delta_cents": {
     "type": "integer",
     "minimum": 0,
     "maximum": 1000000000000
    }
   },
   "required": [
    "priority",
    "incident_type"
   ],
   "additionalProperties": false
  },
  "VerifyWork": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "timestamp": {
     "type": "string",
     "format": "date-time"
    },
    "result": {
     "type": "string",
     "enum": [
      "PASS",
      "FAIL"
     ]
    },
    "notes": {
     "type": "string",
     "minLength": 1,
     "maxLength": 2000,
     "description": "Needed with FAIL"
    },
    "return_to_work": {
     "type": "boolean",
     "description": "With FAIL: work goes on"
    }
   },
   "required": [
    "timestamp",
    "result"
   ],
   "additionalProperties": false
  },
  "WithdrawEvidence": {
   "type": "object",
   "properties": {
    "expected_version": {
     "type": "integer",
     "minimum": -1,
     "maximum": 9007199254740991,
     "description": "Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet"
    },
    "reason": {
     "type": "string",
     "minLength": 10,
     "maxLength": 2000
    }
   },
   "required": [
    "reason"
   ],
   "additionalProperties": false
  }
 }
};
