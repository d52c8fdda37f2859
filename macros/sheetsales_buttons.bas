Attribute VB_Name = "sheetsales_buttons"
Option Explicit

' One macro for each button. Its word is all that a press takes from here to a command line.

Public Sub SheetsalesCheck()
    Press "check"
End Sub

Public Sub SheetsalesUpdate()
    Press "update"
End Sub

Public Sub SheetsalesClassify()
    Press "classify"
End Sub

Public Sub SheetsalesCustomerCard()
    Press "customer-card"
End Sub

Public Sub SheetsalesCheckContract()
    Press "check-contract"
End Sub

Public Sub SheetsalesMakeContract()
    Press "make-contract"
End Sub

Public Sub SheetsalesSplitTargets()
    Press "split-targets"
End Sub

Public Sub SheetsalesTargetLetter()
    Press "target-letter"
End Sub

Public Sub SheetsalesScore()
    Press "score"
End Sub

Public Sub SheetsalesScoreCard()
    Press "score-card"
End Sub

Public Sub SheetsalesExplain()
    Press "explain"
End Sub

Public Sub SheetsalesTrainingPlan()
    Press "training-plan"
End Sub

Public Sub SheetsalesDrawSample()
    Press "draw-sample"
End Sub

Public Sub SheetsalesAuditReport()
    Press "audit-report"
End Sub

Private Sub Press(ByVal Word As String)
    If InLibreOffice() Then
        PressInLibreOffice Word
    Else
        PressInExcel Word
    End If
End Sub
